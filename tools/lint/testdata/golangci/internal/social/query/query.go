// Package query stands for the compiled queries of social.
package query
