// Package query stands for the compiled queries of notice.
package query
