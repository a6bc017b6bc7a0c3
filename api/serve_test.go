package api_test

import (
	"crypto/tls"
	"testing"

	"github.com/goal-search/goal-search/api"
)

func TestOtherMachinesNeedTLSAndToken(t *testing.T) {
	secure := api.Access{TLS: &tls.Config{MinVersion: tls.VersionTLS12}, Token: always("secret")}
	for _, c := range []struct {
		address string
		access  api.Access
		ok      bool
	}{
		{"127.0.0.1:7700", api.Access{}, true},
		{"[::1]:7700", api.Access{}, true},
		{"localhost:0", api.Access{}, true},
		{":7700", api.Access{}, false},
		{"0.0.0.0:7700", api.Access{}, false},
		{"db.example:7700", api.Access{Token: always("secret")}, false},
		{"0.0.0.0:7700", api.Access{TLS: secure.TLS}, false},
		{"0.0.0.0:7700", secure, true},
		{"7700", secure, false},
	} {
		if err := c.access.CheckAddress(c.address); (err == nil) != c.ok {
			t.Errorf("%s with TLS %v and token %v: got error %v, want allowed: %v", c.address, c.access.TLS != nil, c.access.Token != nil, err, c.ok)
		}
	}
}
