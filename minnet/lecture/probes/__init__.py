"""The set-ups that several claims share: quadratic bowls, gradient streams, the first digits."""
