// Package query stands for the compiled queries of moderation.
package query
