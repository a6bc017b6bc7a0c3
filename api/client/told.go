package client

// told is what a server says of a trial, as one of study's errors. The words
// are whole: they name the error already.
type told struct {
	kind  error
	words string
}

// Error returns the server's words.
func (t told) Error() string { return t.words }

func (t told) Unwrap() error { return t.kind }
