"""HTML → blocks: an extractor says where the text of a page is, its structure is ours."""
