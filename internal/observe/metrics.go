package observe

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/paceline/paceline/internal/db/pipeline"
)

// Metrics is a registry of its own, so that no library can add to what is served.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
	logins   *prometheus.CounterVec
	events   *prometheus.CounterVec
	dropped  prometheus.Counter
	panics   prometheus.Counter
}

func newMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "paceline_http_request_duration_seconds", Help: "Answered requests by route pattern.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "paceline_http_requests_in_flight", Help: "Requests being served.",
		}),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "paceline_logins_total", Help: "Logins by outcome.",
		}, []string{"outcome"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "paceline_security_events_total", Help: "Security events by kind.",
		}, []string{"kind"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "paceline_log_values_dropped_total", Help: "Values that the log filter held back.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "paceline_panics_total", Help: "Recovered panics.",
		}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.inFlight, m.logins, m.events, m.dropped, m.panics)
	for kind := range eventLevels { // so that a rate over a first event is right
		m.events.WithLabelValues(string(kind))
	}
	for _, outcome := range []LoginOutcome{LoginOK, LoginWrong, LoginLimited, LoginOverload} {
		m.logins.WithLabelValues(string(outcome))
	}
	return m
}

// MailDepth serves the number of mails that wait to be sent. Read is called at each scrape; a
// second registration is an error.
func (m *Metrics) MailDepth(read func() float64) error {
	return m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "paceline_mail_outbox_depth", Help: "Mails that wait to be sent.",
	}, read))
}

// Pool serves the state of a role's connection pool. Each role registers once.
func (m *Metrics) Pool(role string, stat func() *pgxpool.Stat) error {
	return m.registry.Register(newPoolCollector(role, stat))
}

// Pipeline serves the state of the reads that share connections.
func (m *Metrics) Pipeline(stat func() pipeline.Stat) error {
	value := func(name, help string, of func(pipeline.Stat) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "paceline_db_pipeline_" + name, Help: help},
			func() float64 { return of(stat()) })
	}
	count := func(name, help string, of func(pipeline.Stat) uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "paceline_db_pipeline_" + name, Help: help},
			func() float64 { return float64(of(stat())) })
	}
	for _, c := range []prometheus.Collector{
		value("connections", "Open connections that reads share.", func(s pipeline.Stat) float64 { return float64(s.Up) }),
		value("max_connections", "Connections that reads share when all are open.", func(s pipeline.Stat) float64 { return float64(s.Connections) }),
		value("waiting", "Reads that nobody has sent yet.", func(s pipeline.Stat) float64 { return float64(s.Waiting) }),
		count("reads_total", "Reads sent in groups.", func(s pipeline.Stat) uint64 { return s.Requests }),
		count("groups_total", "Groups sent.", func(s pipeline.Stat) uint64 { return s.Groups }),
		count("together_total", "Reads answered by one statement with others of their kind.", func(s pipeline.Stat) uint64 { return s.Together }),
		count("alone_total", "Reads that were told to run alone, on a connection of the pool.", func(s pipeline.Stat) uint64 { return s.Alone }),
	} {
		if err := m.registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// poolCollector reads a pool's own counters at each scrape.
type poolCollector struct {
	stat                                          func() *pgxpool.Stat
	max, open, used, idle, acquired, waited, secs *prometheus.Desc
}

func newPoolCollector(role string, stat func() *pgxpool.Stat) *poolCollector {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("paceline_db_pool_"+name, help, nil, prometheus.Labels{"role": role})
	}
	return &poolCollector{
		stat:     stat,
		max:      desc("max_connections", "Most connections the pool opens."),
		open:     desc("connections", "Open connections."),
		used:     desc("used_connections", "Connections in use."),
		idle:     desc("idle_connections", "Connections that wait for work."),
		acquired: desc("acquired_total", "Times a connection was handed out."),
		waited:   desc("waited_total", "Times somebody had to wait for a connection."),
		secs:     desc("wait_seconds_total", "Time spent getting connections."),
	}
}

func (p *poolCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{p.max, p.open, p.used, p.idle, p.acquired, p.waited, p.secs} {
		out <- d
	}
}

func (p *poolCollector) Collect(out chan<- prometheus.Metric) {
	s := p.stat()
	gauge := func(d *prometheus.Desc, n int32) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n))
	}
	counter := func(d *prometheus.Desc, n float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, n)
	}
	gauge(p.max, s.MaxConns())
	gauge(p.open, s.TotalConns())
	gauge(p.used, s.AcquiredConns())
	gauge(p.idle, s.IdleConns())
	counter(p.acquired, float64(s.AcquireCount()))
	counter(p.waited, float64(s.EmptyAcquireCount()))
	counter(p.secs, s.AcquireDuration().Seconds())
}
