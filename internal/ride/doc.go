// Package ride makes a rider's hour out of physics and physiology: what a bike, a rower or a watch
// would have recorded. Nothing in it is drawn at random alone; chance only sways what a body aims at,
// and body, bike and road answer. It is pure, and the same rider, plan and seed give the same track.
//
// What a body can do and how its heart follows:
//
//   - Critical power and W': above critical power a finite store is spent, below it comes back
//     (P. F. Skiba et al., "Modeling the expenditure and reconstitution of work capacity above
//     critical power", Med. Sci. Sports Exerc. 44, 2012). The most that is left at a moment is linear
//     in that store (R. H. Morton, "A 3-parameter critical power model", Ergonomics 39, 1996), and
//     critical power itself falls with the work done (E. Maunder et al., "The importance of
//     durability in the physiological profiling of endurance athletes", Sports Med. 51, 2021).
//   - Heart rate follows a demand that is linear in power, with first-order kinetics that are slower
//     down than up (D. P. Swain, B. C. Leutholtz, Med. Sci. Sports Exerc. 29, 1997; T. M. Cheng et
//     al., "Nonlinear modeling and control of human heart rate response during exercise", IEEE Trans.
//     Biomed. Eng. 55, 2008), and drifts up in a long effort (E. F. Coyle, J. González-Alonso,
//     "Cardiovascular drift during prolonged exercise", Exerc. Sport Sci. Rev. 29, 2001).
//   - Calories are the work over gross efficiency (G. Ettema, H. W. Lorås, "Efficiency in cycling: a
//     review", Eur. J. Appl. Physiol. 106, 2009).
//
// And what it does it on:
//
//   - Rider.Bike: an eddy-current brake, whose torque grows with the speed and with the square of the
//     field (M. A. Heald, "Magnetic braking: improved theory", Am. J. Phys. 56, 1988).
//   - Rider.Road: the power balance of J. C. Martin et al., "Validation of a mathematical model for
//     road cycling power", J. Appl. Biomech. 14, 1998: gravity, rolling, air, bearings, chain and
//     the wheels that turn.
//   - Rider.Row: an ergometer's flywheel, 2.80 W for the cube of a metre a second, as Concept2 states it.
//   - Rider.Floor: no machine at all; what a body does on a mat shows in its heart.
//   - Rider.Run: the cost of running by slope (A. E. Minetti et al., "Energy cost of walking and
//     running at extreme uphill and downhill slopes", J. Appl. Physiol. 93, 2002).
package ride
