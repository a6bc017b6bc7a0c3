// Package wire turns the nouns of package study into messages of the API and
// back, for the server and its client. What comes from outside is checked
// here for what the messages leave open; study's own rules stay with study.
package wire
