package coordinator

import "github.com/goal-search/goal-search/study"

// Notice compares a study's state with the one in which it was last seen, and
// tells Config.StateChanged.
func (d *Dispatcher) Notice(s study.Study) {
	d.mu.Lock()
	before, known := d.states[s.ID]
	d.states[s.ID] = s.State
	d.mu.Unlock()
	if known && before != s.State && d.config.StateChanged != nil {
		d.config.StateChanged(s)
	}
}

// noticeAll is Notice for all the studies that there are.
func (d *Dispatcher) noticeAll(all []study.Study) {
	for _, s := range all {
		d.Notice(s)
	}
	there := make(map[int64]bool)
	for _, s := range all {
		there[s.ID] = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.states {
		if !there[id] {
			delete(d.states, id)
		}
	}
}
