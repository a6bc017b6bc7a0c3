package sqlstore

import (
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"

	"github.com/goal-search/goal-search/study"
)

const (
	mysqlDuplicate       = 1062
	mysqlUnknownDatabase = 1049
)

// mysqlKinds are the servers' error numbers by what they amount to. MySQL and
// MariaDB share them.
var mysqlKinds = []struct {
	kind    error
	numbers []uint16
}{
	{study.ErrLocked, []uint16{1205, 1213, 1020, 1412}},                               // waited too long, deadlock, changed since it was read
	{study.ErrDenied, []uint16{1044, 1045, 1142, 1143, 1227, 1698, 1820, 1862, 3118}}, // user, password, privilege
	{study.ErrReadOnly, []uint16{1290, 1792, 1836}},                                   // the server, the transaction
	{study.ErrFull, []uint16{1021, 1114, 3019}},                                       // disk, table space, undo log
	{study.ErrCorrupt, []uint16{1194, 1195, 1712, 1877}},                              // crashed table, corrupt index
	{study.ErrNotFound, []uint16{mysqlUnknownDatabase}},                               // CREATE DATABASE is not ours
	{study.ErrUnreachable, []uint16{1040, 1053, 1129, 1130, 1203, 1226, 1927, 4031}},  // too many connections, shutting down, blocked, killed
	{study.ErrNotStore, []uint16{1054, 1146}},                                         // no such column, no such table
}

// mysqlNumber returns the server's number of the error; 0: it is not one.
func mysqlNumber(err error) uint16 {
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func kindOfMySQL(err error) error {
	number := mysqlNumber(err)
	for _, k := range mysqlKinds {
		if slices.Contains(k.numbers, number) {
			return k.kind
		}
	}
	if number == 0 && (isLostMySQL(err) || isStranger(err)) {
		return study.ErrUnreachable
	}
	return nil
}

// isStranger tells whether the server could not show who it is. It will not be
// able to soon either.
func isStranger(err error) bool {
	var e *tls.CertificateVerificationError
	return errors.As(err, &e) || errors.Is(err, mysql.ErrNoTLS)
}

func isLostMySQL(err error) bool {
	var e net.Error
	switch mysqlNumber(err) {
	case 0:
		return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
			errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &e)
	case 1053, 1927, 4031: // the server shuts down, killed the connection, was tired of it
		return true
	}
	return false
}

func passesMySQL(err error) bool {
	switch mysqlNumber(err) {
	case 1205, 1213, 1020, 1412, 1040, 1203:
		return true
	}
	return isLostMySQL(err)
}
