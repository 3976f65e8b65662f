"""A model of a dispatch of any size: see docs/scale.md."""
