"""From torch and scikit-learn to ONNX, and the proof that both say the same."""
