package server

import "math"

// openFiles is how many files and connections this process may have open: Windows counts none.
func openFiles() int { return math.MaxInt32 }
