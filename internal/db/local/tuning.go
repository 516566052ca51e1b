//go:build unix

package local

// Tuning says what the data are worth.
type Tuning int

const (
	// Development keeps data through a crash of the machine, in little memory.
	Development Tuning = iota
	// Throwaway is for tests: as quick as can be, and the data are lost when the machine crashes.
	Throwaway
)

// settings are the server's settings, as arguments, so that the files in the data folder stay as
// initdb made them and a change here reaches old data folders too.
func (t Tuning) settings(sockets string) []string {
	all := [][2]string{
		{"listen_addresses", ""},
		{"port", port},
		{"unix_socket_directories", sockets},
		{"unix_socket_permissions", "0700"},
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"lc_messages", "C"},
		// No replica and no backup follows this server.
		{"wal_level", "minimal"},
		{"max_wal_senders", "0"},
		{"jit", "off"},
		// A failing statement and the "Key (email)=(...)" of its error may hold personal data.
		{"log_min_error_statement", "panic"},
		{"log_error_verbosity", "terse"},
		{"log_line_prefix", "%m [%p] "},
		{"log_checkpoints", "off"},
	}
	switch t {
	case Throwaway:
		all = append(all, [][2]string{
			{"fsync", "off"},
			{"synchronous_commit", "off"},
			{"full_page_writes", "off"},
			{"autovacuum", "off"},
			{"shared_buffers", "64MB"},
			{"max_connections", "300"}, // many tests at once, each with a pool per role
			{"min_wal_size", "4MB"},
			{"max_wal_size", "128MB"},
			{"checkpoint_timeout", "1h"},
			{"checkpoint_completion_target", "0"},
		}...)
	default:
		all = append(all, [][2]string{
			{"shared_buffers", "128MB"},
			{"max_connections", "100"},
			{"max_wal_size", "512MB"},
		}...)
	}
	var args []string
	for _, s := range all {
		args = append(args, "-c", s[0]+"="+s[1])
	}
	return args
}
