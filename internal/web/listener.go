package web

import (
	"net"
	"sync"
)

// LimitPeers is a listener that lets each peer address hold at most n
// connections and closes further ones at once, so that one machine cannot take
// every connection the process may have. Behind a proxy all connections come
// from the proxy: limit there instead, and pass 0, which limits nothing.
func LimitPeers(l net.Listener, n int) net.Listener {
	if n <= 0 {
		return l
	}
	return &peerLimiter{Listener: l, most: n, held: map[string]int{}}
}

type peerLimiter struct {
	net.Listener
	most int

	mu   sync.Mutex
	held map[string]int
}

// Accept is the next connection of a peer below the limit.
func (l *peerLimiter) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(conn.RemoteAddr().String())
		if err != nil { // no network address, as on a Unix socket
			return conn, nil
		}
		if l.take(host) {
			return &peerConn{Conn: conn, release: sync.OnceFunc(func() { l.give(host) })}, nil
		}
		_ = conn.Close()
	}
}

func (l *peerLimiter) take(host string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[host] >= l.most {
		return false
	}
	l.held[host]++
	return true
}

func (l *peerLimiter) give(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[host]--; l.held[host] <= 0 {
		delete(l.held, host)
	}
}

type peerConn struct {
	net.Conn
	release func()
}

// Close closes the connection and frees its place.
func (c *peerConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
