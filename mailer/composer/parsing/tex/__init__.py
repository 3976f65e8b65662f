"""TeX's mathematics → Unicode, in running text."""
