"""ONNX graphs in, ONNX graphs out: the value function around a model, its variants and its weights."""
