"""HTML, of a page or a mail → blocks: the extractor says where the text is, its structure is ours."""
