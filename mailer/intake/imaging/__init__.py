"""One picture file → what mail can show: decoded, fitted, encoded, bare of metadata."""
