// Package fetch downloads files so that what it leaves under their names is
// complete and checked: it resumes what was interrupted, retries within
// bounds, goes from mirror to mirror, and gives a file its name only once its
// checksum holds. Until then it lies beside it as NAME.part.
//
// A Bundle is a set of such files, some of them packed in an archive, from
// their mirrors or from a mirror or folder of the user's own. The package
// knows nothing of what the files mean: the caller brings the check.
package fetch
