// Package query stands for the compiled queries of leaderboard.
package query
