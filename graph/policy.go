package graph

// Act is something a viewer may do to the network.
type Act string

// The acts and, in the table of policy.go, who may do them.
const (
	ActAdd      Act = "ADD"      // add nodes and links, record contacts, readings and measurements
	ActChange   Act = "CHANGE"   // change or end what one can see
	ActVouch    Act = "VOUCH"    // confirm or dispute, give a state other than claimed
	ActRemove   Act = "REMOVE"   // remove or merge
	ActUndo     Act = "UNDO"     // undo a change of one's own; of others: ActRemove
	ActGuard    Act = "GUARD"    // consent records, the at-risk flag
	ActSeal     Act = "SEAL"     // seal, erase, withdraw consent
	ActRestore  Act = "RESTORE"  // write rows of an archive as they are
	ActRegister Act = "REGISTER" // read the register of consent
)

// acts is the policy: the level each act takes.
var acts = map[Act]Level{
	ActAdd: LevelMember, ActChange: LevelMember, ActUndo: LevelMember,
	ActVouch: LevelCoordinator, ActRemove: LevelCoordinator, ActGuard: LevelCoordinator,
	ActSeal: LevelSteward, ActRestore: LevelSteward, ActRegister: LevelSteward,
}

// May returns nil when the viewer may do the act, else a FORBIDDEN error that
// says what it takes. It depends on the viewer alone, never on what the act is
// about, so that a refusal tells nothing of what exists.
func (v Viewer) May(act Act) error {
	level, known := acts[act]
	if known && v.AtLeast(level) {
		return nil
	}
	names := map[Level]string{LevelMember: "a member", LevelCoordinator: "a coordinator", LevelSteward: "a steward"}
	return Errorf(FORBIDDEN, "this takes the rights of %s", names[level])
}
