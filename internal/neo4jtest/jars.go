package neo4jtest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Version is the Neo4j community server that Start and Server run.
const Version = "5.26.12"

// ErrUnavailable is in the chain of every error of Start which says that this machine cannot run a server: Java or
// Maven is missing, or Maven could not fetch the server.
var ErrUnavailable = errors.New("no Neo4j server can be had here")

var (
	//go:embed pom.xml
	pom []byte
	//go:embed Neo4jServer.java
	serverSource []byte
)

// installation gives the Java program and the folder of the server's jars. Maven resolves the jars once per user;
// processes that ask at the same time wait for the one which resolves.
func installation(ctx context.Context) (java, lib string, err error) {
	java, err = exec.LookPath("java")
	if err != nil {
		return "", "", fmt.Errorf("%w: Java (java) is not in PATH", ErrUnavailable)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	dir := filepath.Join(cache, "weft", "neo4j-"+Version)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", "", fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	release, err := lock(ctx, filepath.Join(dir, "lock"))
	if err != nil {
		return "", "", err
	}
	defer release()

	lib = filepath.Join(dir, "lib")
	if _, err := os.Stat(lib); err == nil {
		return java, lib, nil
	}
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return "", "", fmt.Errorf("%w: Maven (mvn) is not in PATH", ErrUnavailable)
	}
	// Resolved beside and renamed, so that an interrupted download is never taken for a whole one.
	work, err := os.MkdirTemp(dir, "resolving-")
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "pom.xml"), pom, 0o644); err != nil {
		return "", "", err
	}
	resolve := exec.CommandContext(ctx, mvn, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime")
	resolve.Dir = work
	if output, err := resolve.CombinedOutput(); err != nil {
		return "", "", fmt.Errorf("%w: Maven could not fetch it: %s", ErrUnavailable, firstLine(string(output), err))
	}
	if err := os.Rename(filepath.Join(work, "lib"), lib); err != nil {
		return "", "", err
	}
	return java, lib, nil
}

// firstLine is the first line of a program's output, or the error with which it ended if it printed nothing.
func firstLine(output string, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(output), "\n")
	if line == "" {
		return err.Error()
	}
	return line
}
