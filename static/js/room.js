// A conversation's page. One entry, so that each module below is loaded under one address
// only: a hashed and a plain address would make two modules, and two sockets.
import "./chips.js";
import "./compare.js";
import "./composer.js";
import "./earlier.js";
import "./horizon.js";
import "./keep.js";
import "./live.js";
import "./sheets.js";
import "./verbs.js";
import "./voice.js";
