package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jarchi.dev/jarchi/internal/outbound"
)

// TestMain lets the test binary be the command: 'jarchi' in scripts is a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jarchi": func() {
		if os.Getenv(powerlessEnv) != "" {
			if err := dropPowers(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(99)
			}
		}
		main()
	}})
}

// powerlessEnv makes the command give up root's right to write where files forbid it.
const powerlessEnv = "TEST_WITHOUT_POWERS"

// TestScript runs testdata/script. Besides testscript's own commands they have
//
//	fails CODE program args…   it must end with this status
//	call CODE args…            'jarchi' within the test's process, which is faster; every ./ in the
//	                           arguments is the script's folder
//	node NAME DIR [args…]      starts 'jarchi serve'; sets $NAME to its address, $NAME_invitation to the secret for its owner
//	stop NAME, kill NAME       ends it with SIGTERM, or with SIGKILL
//	get NAME PATH FILE         fetches from it, with $TOKEN
//	field VAR PATH             sets VAR to a field of the JSON that was printed, like items.0.id
//	usetoken FILE              sets $TOKEN to the token in a file
//	match VAR FILE REGEXP      sets VAR to what the first group of REGEXP finds in a file
//	change FILE FROM TO        replaces the first FROM in a file
//	sql DIR STATEMENT          changes a folder's database behind everybody's back
//	copydir FROM TO            copies a folder
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Values["nodes"] = map[string]*process{}
			shared := os.Getenv("JARCHI_SHARED")
			if shared == "" {
				shared = filepath.Join("..", "..", "..", "shared")
			}
			abs, err := filepath.Abs(shared)
			examples, more := filepath.Abs(filepath.Join("..", "..", "docs", "examples"))
			e.Vars = append(e.Vars, "SHARED="+abs, "EXAMPLES="+examples)
			return errors.Join(err, more)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "shared":
				_, err := os.Stat(filepath.Join("..", "..", "..", "shared", "samples"))
				if dir := os.Getenv("JARCHI_SHARED"); dir != "" {
					_, err = os.Stat(filepath.Join(dir, "samples"))
				}
				return err == nil, nil
			case "race":
				return underRace, nil
			case "powerless":
				return canBePowerless(), nil
			}
			return false, fmt.Errorf("no condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fails": func(ts *testscript.TestScript, neg bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				err = ts.Exec(args[1], args[2:]...)
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != want {
					ts.Fatalf("ends with %v, want status %d", err, want)
				}
			},
			"call": func(ts *testscript.TestScript, neg bool, args []string) {
				here := ts.MkAbs(".") + string(filepath.Separator)
				for i, a := range args {
					args[i] = strings.ReplaceAll(a, "./", here)
				}
				code, out, talk := runCommand("", args[1:]...)
				io.WriteString(ts.Stdout(), out)
				io.WriteString(ts.Stderr(), strings.ReplaceAll(talk, here, "./"))
				if fmt.Sprint(code) != args[0] {
					ts.Fatalf("ends with status %d, want %s: %s", code, args[0], talk)
				}
			},
			"node": func(ts *testscript.TestScript, neg bool, args []string) {
				name := args[0]
				p, err := startNode(ts.MkAbs(args[1]), args[2:]...)
				ts.Check(err)
				ts.Defer(p.kill)
				ts.Value("nodes").(map[string]*process)[name] = p
				ts.Setenv(name, p.url)
				ts.Setenv(name+"_invitation", p.invitation)
			},
			"stop": func(ts *testscript.TestScript, neg bool, args []string) {
				p := ts.Value("nodes").(map[string]*process)[args[0]]
				ts.Check(p.cmd.Process.Signal(syscall.SIGTERM))
				if err := p.wait(); err != nil {
					ts.Fatalf("the node ends with %v: %s", err, p.said())
				}
			},
			"kill": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Value("nodes").(map[string]*process)[args[0]].kill()
			},
			"get": func(ts *testscript.TestScript, neg bool, args []string) {
				node, err := outbound.NewOperator(ts.Getenv(args[0]))
				ts.Check(err)
				_, answer, err := node.Do(context.Background(), outbound.Call{Method: "GET", Path: args[1], Token: ts.Getenv("TOKEN")})
				if neg {
					if err == nil {
						ts.Fatalf("%s is answered", args[1])
					}
					fmt.Fprintln(ts.Stdout(), err)
					return
				}
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[2]), answer, 0o600))
			},
			"field": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Setenv(args[0], field(ts, ts.ReadFile("stdout"), args[1]))
			},
			"usetoken": func(ts *testscript.TestScript, neg bool, args []string) {
				token := strings.TrimSpace(ts.ReadFile(args[0]))
				ts.Setenv("TOKEN", token)
			},
			"match": func(ts *testscript.TestScript, neg bool, args []string) {
				m := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
				if len(m) < 2 {
					ts.Fatalf("%s has no %s", args[1], args[2])
				}
				ts.Setenv(args[0], m[1])
			},
			"change": func(ts *testscript.TestScript, neg bool, args []string) {
				old := ts.ReadFile(args[0])
				changed := strings.Replace(old, args[1], args[2], 1)
				if old == changed {
					ts.Fatalf("%s has no %q", args[0], args[1])
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(changed), 0o600))
			},
			"sql": func(ts *testscript.TestScript, neg bool, args []string) {
				db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "jarchi.db"))
				ts.Check(err)
				defer db.Close()
				done, err := db.Exec(args[1])
				ts.Check(err)
				if n, err := done.RowsAffected(); err != nil || n != 1 {
					ts.Fatalf("%d rows changed", n)
				}
			},
			"copydir": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
				ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d fs.DirEntry, err error) error {
					if err == nil && d.IsDir() {
						err = os.Chmod(path, 0o700)
					}
					return err
				}))
			},
		},
	})
}

// field follows a path of names and indexes through a JSON text.
func field(ts *testscript.TestScript, text, path string) string {
	var v any
	ts.Check(json.Unmarshal([]byte(text), &v))
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				ts.Fatalf("no %s in %s", path, text)
			}
			v = x[i]
		default:
			ts.Fatalf("no %s in %s", path, text)
		}
	}
	return fmt.Sprint(v)
}

// process is a running node.
type process struct {
	cmd             *exec.Cmd
	url, invitation string
	talk            chan string // what it said up to now, once asked for
	waited          chan struct{}
	err             error
}

var (
	servesAt   = regexp.MustCompile(`serves .* at (http://\S+?)\.? Stop`)
	ownersLink = regexp.MustCompile(`/in#([A-Za-z0-9_-]+)`)
)

// startNode starts 'jarchi serve' on a free port and waits until it says where it answers.
func startNode(dir string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command("jarchi", append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, args...)...),
		talk: make(chan string, 1), waited: make(chan struct{})}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		var talk strings.Builder
		lines := bufio.NewScanner(io.TeeReader(stderr, &talk))
		for lines.Scan() {
			if m := ownersLink.FindStringSubmatch(lines.Text()); m != nil {
				p.invitation = m[1]
			}
			if m := servesAt.FindStringSubmatch(lines.Text()); m != nil {
				p.url = m[1]
				close(ready)
			}
		}
		p.talk <- talk.String()
		p.err = p.cmd.Wait()
		close(p.waited)
	}()
	select {
	case <-ready:
		return p, nil
	case <-p.waited:
		return nil, fmt.Errorf("the node ended: %v: %s", p.err, p.said())
	case <-time.After(20 * time.Second):
		p.kill()
		return nil, fmt.Errorf("the node does not start: %s", p.said())
	}
}

func (p *process) said() string {
	select {
	case s := <-p.talk:
		return s
	default:
		return ""
	}
}

func (p *process) wait() error {
	select {
	case <-p.waited:
		return p.err
	case <-time.After(20 * time.Second):
		p.kill()
		return errors.New("it does not end")
	}
}

// kill is kill -9.
func (p *process) kill() {
	p.cmd.Process.Kill() // fails only when it has ended
	<-p.waited
}
