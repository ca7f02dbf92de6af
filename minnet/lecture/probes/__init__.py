"""Set-ups that several experiments share: error bowls, gradient streams, the digits, benches."""
