// The desk's behaviour. Every page works without it; this makes it quicker and calmer.
import { decideWithoutReload } from "./decisions.js";
import { forgetNotice } from "./notices.js";
import { bringPlayersToLife } from "./player.js";
import { keepButtonsInReach } from "./reach.js";
import { watchForNewVideos } from "./refresh.js";
import { listenForKeys } from "./shortcuts.js";
import { helpWithWords } from "./words.js";

bringPlayersToLife(document);
forgetNotice();
decideWithoutReload();
listenForKeys();
keepButtonsInReach();
watchForNewVideos();
helpWithWords();
