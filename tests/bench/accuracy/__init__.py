"""How far Shapley values are from the truth: ours and the peers', on games of real models."""
