package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// AnyStudy stands for every study in the parent of a request.
const AnyStudy = "-"

// StudyName returns the resource name of a study.
func StudyName(study string) string { return "studies/" + study }

// ParseStudyName returns the study of studies/{study}.
func ParseStudyName(name string) (string, error) {
	study, ok := strings.CutPrefix(name, "studies/")
	if !ok || study == "" || strings.Contains(study, "/") {
		return "", fmt.Errorf("%q: want studies/{study}", name)
	}
	return study, nil
}

// TrialName returns the resource name of a trial.
func TrialName(study string, number int) string {
	return fmt.Sprintf("studies/%s/trials/%d", study, number)
}

// ParseTrialName returns the study and the number of
// studies/{study}/trials/{number}.
func ParseTrialName(name string) (study string, number int, err error) {
	parts := strings.Split(name, "/")
	if len(parts) == 4 && parts[0] == "studies" && parts[1] != "" && parts[2] == "trials" {
		if number, err := strconv.ParseInt(parts[3], 10, 32); err == nil && number >= 0 {
			return parts[1], int(number), nil
		}
	}
	return "", 0, fmt.Errorf("%q: want studies/{study}/trials/{number}", name)
}

// WorkerName returns the resource name of a worker.
func WorkerName(worker string) string { return "workers/" + worker }

// ParseWorkerName returns the worker of workers/{worker}.
func ParseWorkerName(name string) (string, error) {
	worker, ok := strings.CutPrefix(name, "workers/")
	if !ok || worker == "" || strings.Contains(worker, "/") {
		return "", fmt.Errorf("%q: want workers/{worker}", name)
	}
	return worker, nil
}
