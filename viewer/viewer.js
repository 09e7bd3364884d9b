// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Shows the first camera of a room with as little delay as the browser can, and says what is going on.
'use strict';

const { Room, RoomEvent, Track } = LivekitClient;

const SECOND_MS = 1000;
const RETRY_MS = 2000;
const FROZEN_MS = 500;        // a picture this old is not called live
const FROZEN_CHECK_MS = 100;

const video = document.getElementById('video');
const stateText = document.getElementById('state');
const figuresText = document.getElementById('figures');

// Read by tests.
window.lkcamStats = {
  state: 'starting', framesDecoded: 0, width: 0, height: 0, fps: 0, kbps: 0, jitterBufferMs: 0,
};

let shown = null;       // the publication on the screen
let shownTrack = null;
let before = null;      // the receiver's report of a second ago
let words = '';         // what is going on, while pictures come
let pictureAt = 0;      // when the last picture came onto the screen
let frozen = false;

function say(state, text) {
  window.lkcamStats.state = state;
  words = text;
  stateText.textContent = text;
}

function pictureCame() {
  pictureAt = performance.now();
  if (frozen) {
    frozen = false;
    video.classList.remove('frozen');
    stateText.textContent = words;
  }
}

function freeze(ageMs) {
  frozen = true;
  video.classList.add('frozen');
  figuresText.textContent = '';
  // A camera that is muted or a server that is sought explains itself.
  if (window.lkcamStats.state === 'connected') {
    stateText.textContent = `no picture for ${Math.round(ageMs / SECOND_MS)} s`;
  }
}

function checkPicture() {
  const ageMs = performance.now() - pictureAt;
  // A page nobody sees is shown no pictures.
  if (shown && !document.hidden && ageMs >= FROZEN_MS) {
    freeze(ageMs);
  }
}

function followPictures() {
  video.requestVideoFrameCallback(() => {
    pictureCame();
    followPictures();
  });
}

// For browsers that do not tell of every picture.
function countPictures() {
  let seen = 0;
  setInterval(() => {
    const count = video.getVideoPlaybackQuality().totalVideoFrames;
    if (count !== seen) {
      pictureCame();
    }
    seen = count;
  }, FROZEN_CHECK_MS);
}

function waiting(room) {
  say('waiting', `waiting for a camera in room ${room.name}`);
}

function show(track, publication) {
  if (track.kind !== Track.Kind.Video || shown) {
    return;
  }
  shown = publication;
  shownTrack = track;
  before = null;
  pictureCame();
  track.attach(video);
  say('connected', 'connected');
}

function hide(track, publication) {
  if (publication !== shown) {
    return;
  }
  track.detach(video);
  shown = null;
  shownTrack = null;
  figuresText.textContent = '';
  pictureCame();
  say('left', 'camera left');
}

// Another camera may have been there all along.
function showNext(room) {
  for (const participant of room.remoteParticipants.values()) {
    for (const publication of participant.videoTrackPublications.values()) {
      if (publication.track) {
        show(publication.track, publication);
      }
    }
  }
}

function watch(room) {
  room.on(RoomEvent.TrackSubscribed, show);
  room.on(RoomEvent.TrackUnsubscribed, (track, publication) => {
    hide(track, publication);
    showNext(room);
  });
  room.on(RoomEvent.TrackMuted, (publication) => {
    if (publication === shown) {
      say('muted', 'camera muted');
    }
  });
  room.on(RoomEvent.TrackUnmuted, (publication) => {
    if (publication === shown) {
      say('connected', 'connected');
    }
  });
  room.on(RoomEvent.SignalReconnecting, () => say('reconnecting', 'reconnecting to the server'));
  room.on(RoomEvent.Reconnecting, () => say('reconnecting', 'reconnecting'));
  room.on(RoomEvent.Reconnected, () => {
    if (shown) {
      say('connected', 'connected');
    } else {
      waiting(room);
    }
  });
}

function joinAgain(reason) {
  if (shown) {
    hide(shownTrack, shown);
  }
  say('disconnected', reason);
  setTimeout(join, RETRY_MS);
}

// A token is made for every join; it can watch and nothing else.
async function join() {
  const room = new Room({ adaptiveStream: false });
  try {
    const answer = await fetch('session', { cache: 'no-store' });
    if (!answer.ok) {
      throw new Error(`no token (${answer.status})`);
    }
    const session = await answer.json();
    say('connecting', `connecting to ${session.url}`);
    watch(room);
    await room.connect(session.url, session.token, { autoSubscribe: true });
    // Only now: a connect that fails may tell of it in both ways.
    room.on(RoomEvent.Disconnected, () => joinAgain('the server is gone; trying again'));
    if (!shown) {
      waiting(room);
    }
  } catch (error) {
    room.removeAllListeners();
    joinAgain(`cannot connect: ${error.message}; trying again`);
  }
}

function rate(now, name) {
  const seconds = (now.timestamp - before.timestamp) / SECOND_MS;
  return seconds > 0 ? (now[name] - before[name]) / seconds : 0;
}

// Mean stay of the frames that left the jitter buffer in the last second.
function jitterBufferMs(now) {
  const frames = now.jitterBufferEmittedCount - before.jitterBufferEmittedCount;
  return frames > 0 ? ((now.jitterBufferDelay - before.jitterBufferDelay) / frames) * SECOND_MS : 0;
}

function publish(now) {
  const stats = window.lkcamStats;
  stats.framesDecoded = now.framesDecoded || 0;
  stats.width = now.frameWidth || 0;
  stats.height = now.frameHeight || 0;
  if (before) {
    stats.fps = rate(now, 'framesDecoded');
    stats.kbps = (rate(now, 'bytesReceived') * 8) / 1000;
    stats.jitterBufferMs = jitterBufferMs(now);
    figuresText.textContent = frozen ? '' : `${stats.width}x${stats.height} ${stats.fps.toFixed(1)} fps `
      + `${stats.kbps.toFixed(0)} kbit/s, jitter buffer ${stats.jitterBufferMs.toFixed(1)} ms`;
  }
  before = now;
}

async function measure() {
  const track = shownTrack;
  const report = track ? await track.getRTCStatsReport() : null;
  if (!report || track !== shownTrack) {
    return;
  }
  for (const entry of report.values()) {
    if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
      publish(entry);
    }
  }
}

// Its pictures are looked for anew when it is seen again; what was frozen stays so until one comes.
document.addEventListener('visibilitychange', () => {
  if (!frozen) {
    pictureCame();
  }
});
if (video.requestVideoFrameCallback) {
  followPictures();
} else {
  countPictures();
}
setInterval(checkPicture, FROZEN_CHECK_MS);
setInterval(measure, SECOND_MS);
join();
