"""How well faces are found and told apart, measured on photos with ground truth (docs/evaluation.md)."""
