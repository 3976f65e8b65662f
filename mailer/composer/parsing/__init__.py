"""An issue file → an Issue and the findings about its format."""
