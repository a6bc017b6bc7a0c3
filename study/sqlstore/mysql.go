package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Bounds on a server's connections. What a transaction may wait for a lock is
// less than mysqlIOTimeout, after which a silent server counts as lost.
const (
	mysqlConnectionsMax = 16
	mysqlIdleMax        = 3 * time.Minute
	mysqlDialTimeout    = 10 * time.Second
	mysqlIOTimeout      = time.Minute
)

func openMySQL(ctx context.Context, s *Store, where string, o options) error {
	c, err := parseURL(where)
	if err != nil {
		return err
	}
	configure(c, o)
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return errors.New("the address cannot be used") // the driver's own words might show the password
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(mysqlConnectionsMax)
	db.SetMaxIdleConns(mysqlConnectionsMax)
	db.SetConnMaxIdleTime(mysqlIdleMax)
	s.writer, s.reader = db, db
	if err := s.setUpMySQL(ctx, o); err != nil {
		return errors.Join(explainMySQL(err, c.DBName), db.Close())
	}
	return nil
}

// configure sets what does not depend on the server's own settings.
func configure(c *mysql.Config, o options) {
	c.Timeout, c.ReadTimeout, c.WriteTimeout = mysqlDialTimeout, mysqlIOTimeout, mysqlIOTimeout
	c.Collation = "utf8mb4_bin"
	c.InterpolateParams = true // one round trip for a statement instead of two
	c.Logger = &mysql.NopLogger{}
	wait := min(max(o.patience, time.Second), mysqlIOTimeout/2)
	c.Params = map[string]string{
		"sql_mode":                 "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
		"innodb_lock_wait_timeout": fmt.Sprint(int(wait.Seconds())),
	}
}

// setUpMySQL recognises the database before it changes anything in it.
func (s *Store) setUpMySQL(ctx context.Context, o options) error {
	version, err := mysqlSchema(ctx, s.writer)
	if err != nil {
		return err
	}
	if upToDate, err := checkVersion(version, o); err != nil || upToDate {
		return err
	}
	return s.persist(ctx, func() error { return migrateMySQL(ctx, s.writer, o) })
}

// explainMySQL says what the user can do about a database that is missing.
func explainMySQL(err error, database string) error {
	if mysqlNumber(err) == mysqlUnknownDatabase {
		return fmt.Errorf("%w: make it first: CREATE DATABASE %s", err, database)
	}
	return err
}
