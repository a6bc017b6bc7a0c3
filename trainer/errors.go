package trainer

import "errors"

// ErrDiverged means that weights or goals stopped being finite numbers.
var ErrDiverged = errors.New("training diverged")
