package training

import "github.com/paceline/paceline/internal/workout/recording/series"

// Heart is the digest of the samples of heart rate of one workout. It stands under the same field as
// they do. The json names are those of a sealed value: they stay as they are.
type Heart struct {
	BPM Histogram `json:"bpm"` // 1 beat per minute wide
}

// DigestHeart sums up samples of heart_rate_bpm; false when there are none. Below 20 and above 250
// beats per minute there are none: that is a strap without contact.
func DigestHeart(s series.Series) (Heart, bool) {
	if s.Channel != series.HeartRateBPM {
		return Heart{}, false
	}
	all := steps(s, 20, 250)
	return Heart{BPM: histogram(all)}, len(all) > 0
}
