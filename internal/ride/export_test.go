package ride

// SpeedAfter is the speed after seconds of the same power, slope and wind.
func SpeedAfter(b Bicycle, power, slope, wind float64, seconds int) (speed float64) {
	var into Balance
	for range seconds * steps {
		speed = b.step(speed, power, slope, wind, 1.0/steps, &into)
	}
	return speed
}
