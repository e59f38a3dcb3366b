package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority speaks ACME (RFC 8555) as far as one order for one name needs it. It does not check the signatures of what it is sent; it does fetch
// the challenge from the node.
type authority struct {
	t     *testing.T
	url   string
	plain http.Handler // of the node, on port 80

	mu     sync.Mutex
	proved bool
	chain  []byte
	orders int
	calls  []string
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, r.Method+" "+r.URL.Path)
	w.Header().Set("Replay-Nonce", base64.RawURLEncoding.EncodeToString([]byte(time.Now().String())))
	w.Header().Set("Content-Type", "application/json")
	answer := func(status int, v any) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
	}
	var body struct{ Payload string }
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&body); err != nil {
			a.t.Error(err)
		}
	}
	payload, _ := base64.RawURLEncoding.DecodeString(body.Payload)
	identifier := map[string]string{"type": "dns", "value": "wire.press.example"}
	order := map[string]any{"status": "pending", "identifiers": []any{identifier}, "authorizations": []string{a.url + "/authz"}, "finalize": a.url + "/finalize"}
	state := "pending"
	if a.proved {
		state, order["status"] = "valid", "ready"
	}
	challenge := map[string]any{"type": "http-01", "url": a.url + "/challenge", "token": "tokenoftheauthority", "status": state}
	switch r.URL.Path {
	case "/directory":
		answer(200, map[string]any{"newNonce": a.url + "/nonce", "newAccount": a.url + "/account", "newOrder": a.url + "/order", "revokeCert": a.url + "/revoke", "keyChange": a.url + "/keys", "meta": map[string]any{"termsOfService": a.url + "/terms"}})
	case "/nonce":
		w.WriteHeader(200)
	case "/account":
		var account struct {
			TermsOfServiceAgreed bool
			Contact              []string
		}
		if json.Unmarshal(payload, &account) != nil || !account.TermsOfServiceAgreed || len(account.Contact) != 1 || account.Contact[0] != "mailto:desk@press.example" {
			a.t.Errorf("account: %s", payload)
		}
		w.Header().Set("Location", a.url+"/account/1")
		answer(201, map[string]any{"status": "valid"})
	case "/order":
		a.orders++
		w.Header().Set("Location", a.url+"/order/1")
		answer(201, order)
	case "/order/1":
		w.Header().Set("Location", a.url+"/order/1")
		answer(200, order)
	case "/authz":
		answer(200, map[string]any{"identifier": identifier, "status": state, "challenges": []any{challenge}})
	case "/challenge":
		q := httptest.NewRequest("GET", "http://wire.press.example/.well-known/acme-challenge/tokenoftheauthority", nil)
		got := httptest.NewRecorder()
		a.plain.ServeHTTP(got, q)
		if got.Code != 200 || !strings.HasPrefix(got.Body.String(), "tokenoftheauthority.") {
			a.t.Errorf("the challenge: %d %s", got.Code, got.Body)
		}
		a.proved = true
		challenge["status"] = "valid"
		answer(200, challenge)
	case "/finalize":
		var f struct{ CSR string }
		if err := json.Unmarshal(payload, &f); err != nil {
			a.t.Error(err)
		}
		der, _ := base64.RawURLEncoding.DecodeString(f.CSR)
		csr, err := x509.ParseCertificateRequest(der)
		if err != nil {
			a.t.Error(err)
			return
		}
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
		leaf := &x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: csr.DNSNames, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		b, err := x509.CreateCertificate(rand.Reader, leaf, root, csr.PublicKey, key)
		if err != nil {
			a.t.Error(err)
			return
		}
		a.chain = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b})
		order["status"], order["certificate"] = "valid", a.url+"/certificate"
		w.Header().Set("Location", a.url+"/order/1")
		answer(200, order)
	case "/certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(a.chain)
	default:
		a.t.Errorf("asked for %s", r.URL.Path)
		w.WriteHeader(404)
	}
}

// TestACME: a certificate is had from an authority when a browser comes for the node's name, is kept in the data folder and not asked for again; for
// other names nothing is asked.
func TestACME(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other: nothing for the race detector")
	}
	t.Parallel()
	a := &authority{t: t}
	srv := httptest.NewServer(a)
	t.Cleanup(srv.Close)
	a.url = srv.URL
	dir := t.TempDir()
	secure := func() *tls.Config {
		t.Helper()
		c, plain, err := TLS{ACME: true, Email: "desk@press.example", Directory: srv.URL + "/directory"}.Secure(dir, "https://wire.press.example", time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		a.plain = plain
		return c
	}
	hello := func(name string) *tls.ClientHelloInfo {
		return &tls.ClientHelloInfo{ServerName: name, SupportedVersions: []uint16{tls.VersionTLS13}, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_AES_128_GCM_SHA256},
			SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256}}
	}
	c := secure()
	if _, err := c.GetCertificate(hello("other.example")); err == nil || len(a.calls) > 0 {
		t.Errorf("another name: %v, %v", err, a.calls)
	}
	cert, err := c.GetCertificate(hello("wire.press.example"))
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(a.calls, "\n"))
	}
	if err := cert.Leaf.VerifyHostname("wire.press.example"); err != nil || cert.Leaf.SerialNumber.Int64() != 7 {
		t.Errorf("%v %v", cert.Leaf.SerialNumber, err)
	}
	if w := httptest.NewRecorder(); true {
		a.plain.ServeHTTP(w, httptest.NewRequest("GET", "http://wire.press.example/corrections", nil))
		if w.Code != 308 || w.Header().Get("Location") != "https://wire.press.example/corrections" {
			t.Errorf("everything else on port 80: %d %v", w.Code, w.Header())
		}
	}
	files, err := os.ReadDir(filepath.Join(dir, "acme"))
	if err != nil || len(files) < 2 {
		t.Errorf("%v %v", files, err)
	}
	for _, f := range files {
		if i, err := f.Info(); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), i.Mode(), err)
		}
	}
	// The node was started again.
	if again, err := secure().GetCertificate(hello("wire.press.example")); err != nil || again.Leaf.SerialNumber.Int64() != 7 || a.orders != 1 {
		t.Errorf("%d orders, %v", a.orders, err)
	}
}
