package blocklist

import "strings"

// paths are what fingers and habits walk along, forwards and backwards.
var paths = func() []string {
	forwards := []string{
		"abcdefghijklmnopqrstuvwxyz", "01234567890",
		"qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertyuiopasdfghjklzxcvbnm",
		"qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "1qazxsw23edcvfr45tgbnhy67ujm",
		"qazwsxedcrfvtgbyhnujmikolp", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p", "a1s2d3f4g5h6j7k8l9",
		"!@#$%^&*()_+", `!"§$%&/()=?`, "123qweasdzxc", "qweasdzxc",
	}
	out := forwards
	for _, path := range forwards {
		runes := []rune(path)
		for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
			runes[i], runes[j] = runes[j], runes[i]
		}
		out = append(out, string(runes))
	}
	return out
}()

// walk is the end of the longest stretch of a path that starts at i.
func walk(p []rune, i int) int {
	end := i
	for n := i + minWalk; n <= len(p); n++ {
		part := string(p[i:n])
		found := false
		for _, path := range paths {
			found = found || strings.Contains(path, part)
		}
		if !found {
			break
		}
		end = n
	}
	return end
}

// repetition is the end of the longest run of one unit, of four characters at
// most and three times at least, that starts at i; i when there is none.
func repetition(p []rune, i int) int {
	best := i
	for unit := 1; unit <= 4; unit++ {
		end := i + unit
		for end < len(p) && p[end] == p[end-unit] {
			end++
		}
		if end-i >= 3*unit {
			best = max(best, end)
		}
	}
	return best
}

// period is the length of the shortest unit that, repeated, gives the whole,
// where the last one may be cut off; all of it when there is none.
func period(p []rune) int {
	for unit := 1; 2*unit <= len(p); unit++ {
		same := true
		for i := unit; i < len(p) && same; i++ {
			same = p[i] == p[i-unit]
		}
		if same {
			return unit
		}
	}
	return len(p)
}
