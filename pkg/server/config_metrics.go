package server

import "gopkg.in/yaml.v3"

// Metrics says where a server tells its metrics.
type Metrics struct {
	Host string // address to listen on; "" is 127.0.0.1
	Port int    // 0 picks a free one
}

// parseMetrics reads the section metrics. A number in its place is the port.
func parseMetrics(root *section, config *Config) *section {
	const key = "metrics"
	if node := root.nodes[key]; node != nil && node.Kind == yaml.ScalarNode {
		config.Metrics = &Metrics{Port: root.port(key, 0)}
		return &section{}
	}
	s, ok := root.settings(key)
	if !ok {
		return &section{}
	}
	config.Metrics = &Metrics{Host: s.text("host"), Port: s.port("port", 0)}
	if !s.has("port") {
		s.fail("port", "a port is expected here, 0 picks one")
	}
	return s
}
