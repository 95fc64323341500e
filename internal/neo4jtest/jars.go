package neo4jtest

import (
	"context"
	"crypto/sha256"
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

// installation gives the Java program and the class path on which Neo4jServer is. Maven resolves the server's jars once
// per user and Neo4jServer is compiled once a version of it; processes that ask at the same time wait for the one at work.
func installation(ctx context.Context) (java, classpath string, err error) {
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

	lib := filepath.Join(dir, "lib")
	if _, err := os.Stat(lib); err != nil {
		if err := resolve(ctx, dir, lib); err != nil {
			return "", "", err
		}
	}
	jars, err := filepath.Glob(filepath.Join(lib, "*.jar"))
	if err != nil {
		return "", "", err
	}
	path := strings.Join(jars, string(os.PathListSeparator))
	classes := filepath.Join(dir, fmt.Sprintf("server-%.12x", sha256.Sum256(serverSource)))
	if _, err := os.Stat(classes); err != nil {
		if err := compile(ctx, java, path, dir, classes); err != nil {
			return "", "", err
		}
	}
	return java, classes + string(os.PathListSeparator) + path, nil
}

// resolve lets Maven fetch the server's jars into lib, a new folder in dir.
func resolve(ctx context.Context, dir, lib string) error {
	mvn, err := exec.LookPath("mvn")
	if err != nil {
		return fmt.Errorf("%w: Maven (mvn) is not in PATH", ErrUnavailable)
	}
	// Resolved beside and renamed, so that an interrupted download is never taken for a whole one.
	work, err := os.MkdirTemp(dir, "resolving-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "pom.xml"), pom, 0o644); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, mvn, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime")
	command.Dir = work
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: Maven could not fetch it: %s", ErrUnavailable, firstLine(string(output), err))
	}
	return os.Rename(filepath.Join(work, "lib"), lib)
}

// compile compiles Neo4jServer into classes, a new folder in dir: Java can run the source too, but then compiles it at
// every start, which takes longer than the start.
func compile(ctx context.Context, java, path, dir, classes string) error {
	work, err := os.MkdirTemp(dir, "compiling-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	source := filepath.Join(work, "Neo4jServer.java")
	if err := os.WriteFile(source, serverSource, 0o644); err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, java, "-m", "jdk.compiler/com.sun.tools.javac.Main", "-proc:none", "-cp", path, "-d", filepath.Join(work, "classes"), source).CombinedOutput()
	switch {
	case err != nil && strings.Contains(string(output), "jdk.compiler not found"):
		return fmt.Errorf("%w: Java (java) is no JDK", ErrUnavailable)
	case err != nil:
		return fmt.Errorf("compile Neo4jServer.java: %s", firstLine(string(output), err))
	}
	return os.Rename(filepath.Join(work, "classes"), classes)
}

// firstLine is the first line of a program's output, or the error with which it ended if it printed nothing.
func firstLine(output string, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(output), "\n")
	if line == "" {
		return err.Error()
	}
	return line
}
