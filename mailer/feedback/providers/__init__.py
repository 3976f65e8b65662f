"""PURE. What mail providers report in forms of their own → what came back."""
