package objective

const ownRandomness = "its own randomness, the entropy that no input explains"

// information says, by the letters of a network's sources and by term, what
// the term is information of. Context is the label, so what it shares is
// relevant to the task; lateral input is the other neurons, so what they share
// is encoded already (paper, Tables 2 and 3).
var information = map[string]map[string]string{
	"FCL": {
		"{F}{C}{L}":    "information that is redundant with other neurons and with the context: relevant, but already encoded",
		"{F}{C}":       "information that feedforward input and context both provide but other neurons do not: relevant to the task",
		"{F}{L}":       "information that is redundant with other neurons but not provided by the context: not relevant to the task",
		"{C}{L}":       "information that context and other neurons share but the feedforward input lacks: relevant, but not seen in the input",
		"{F}{CL}":      "feedforward information that context and other neurons provide only together",
		"{C}{FL}":      "context information that feedforward input and other neurons provide only together",
		"{L}{FC}":      "information of other neurons that feedforward input and context provide only together",
		"{F}":          "information that only the feedforward input provides: neither relevant by the context nor encoded elsewhere",
		"{C}":          "information that only the context provides: relevant, but not seen in the input",
		"{L}":          "information that only other neurons provide: neither relevant by the context nor seen in the input",
		"{FC}{FL}{CL}": "synergistic information that any two of the inputs recover, but none alone",
		"{FC}{FL}":     "synergistic information that requires the feedforward input and either context or other neurons to be recovered",
		"{FC}{CL}":     "synergistic information that requires the context and either feedforward input or other neurons to be recovered",
		"{FL}{CL}":     "synergistic information that requires other neurons and either feedforward input or context to be recovered",
		"{FC}":         "synergistic information that feedforward input and context reveal only together",
		"{FL}":         "synergistic information that feedforward input and other neurons reveal only together",
		"{CL}":         "synergistic information that context and other neurons reveal only together",
		"{FCL}":        "synergistic information that takes all three inputs to be recovered",
		"H_res":        ownRandomness,
	},
	"FC": {
		"{F}":    "information that only the feedforward input provides: not relevant by the context",
		"{C}":    "information that only the context provides: relevant, but not seen in the input",
		"{F}{C}": "information that feedforward input and context both provide: relevant to the task",
		"{FC}":   "synergistic information that feedforward input and context reveal only together",
		"H_res":  ownRandomness,
	},
	"FL": {
		"{F}":    "information that only the feedforward input provides: not encoded by other neurons yet",
		"{L}":    "information that only other neurons provide: not seen in the input",
		"{F}{L}": "information that is redundant with other neurons: already encoded",
		"{FL}":   "synergistic information that feedforward input and other neurons reveal only together",
		"H_res":  ownRandomness,
	},
}
