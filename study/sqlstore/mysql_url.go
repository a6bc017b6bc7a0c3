package sqlstore

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

const mysqlPort = "3306"

// mysqlTLS are the ways to use TLS. preferred encrypts where the server can
// and does not ask who it is; true also checks its certificate.
var mysqlTLS = []string{"preferred", "true", "skip-verify", "false"}

// IsURL tells whether where names a database by a URL, not by a path.
func IsURL(where string) bool { return strings.Contains(where, "://") }

// credentials are what may stand before the host. The password may hold any
// character, escaped or not, so they end at the last @.
var credentials = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9+.-]*://[^:]*):.*@`)

// Redact returns where without the password, fit for errors, logs and output.
func Redact(where string) string { return credentials.ReplaceAllString(where, "$1@") }

// HasPassword tells whether where holds a password.
func HasPassword(where string) bool { return credentials.MatchString(where) }

// CheckURL tells whether where is a path or the URL of a database, without
// looking whether that is there.
func CheckURL(where string) error {
	if !IsURL(where) {
		return nil
	}
	_, err := parseURL(where)
	return err
}

// parseURL reads mysql://user:password@host:port/database?tls=...
func parseURL(where string) (*mysql.Config, error) {
	const form = "want a path, or mysql://user:password@host:port/database?tls=true"
	u, err := url.Parse(where)
	if err != nil { // whose words would show the password
		return nil, errors.New("the URL cannot be read: " + form + ", with %XX for special characters in user and password")
	}
	if strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") { // part of the password may stand there
		return nil, errors.New("the URL has an @ after the host: write special characters of user and password as %XX")
	}
	if u.Scheme != "mysql" {
		return nil, fmt.Errorf("scheme %q: %s", u.Scheme, form)
	}
	c := mysql.NewConfig()
	c.DBName = strings.TrimPrefix(u.Path, "/")
	switch {
	case u.Hostname() == "":
		return nil, errors.New("no host given: " + form)
	case c.DBName == "" || strings.Contains(c.DBName, "/"):
		return nil, fmt.Errorf("database %q: %s", c.DBName, form)
	case u.Fragment != "":
		return nil, errors.New("the URL has a #: write %23 in user and password")
	}
	port := u.Port()
	if port == "" {
		port = mysqlPort
	}
	c.Net, c.Addr = "tcp", net.JoinHostPort(u.Hostname(), port)
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.TLSConfig, err = tlsOf(u)
	return c, err
}

// tlsOf returns the only setting of a URL.
func tlsOf(u *url.URL) (string, error) {
	settings, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", errors.New("the settings after the ? cannot be read")
	}
	for name := range settings {
		if name != "tls" {
			return "", fmt.Errorf("setting %q: want tls=%s", name, strings.Join(mysqlTLS, ", "))
		}
	}
	chosen := settings.Get("tls")
	switch {
	case !settings.Has("tls"):
		return mysqlTLS[0], nil
	case !slices.Contains(mysqlTLS, chosen):
		return "", fmt.Errorf("tls=%q: want one of %s", chosen, strings.Join(mysqlTLS, ", "))
	}
	return chosen, nil
}
