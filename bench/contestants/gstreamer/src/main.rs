// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
//! GStreamer's livekitwebrtcsink as well as we can: H.264 by x264, one layer, a fixed bitrate, a frame coded and sent as soon as it is
//! there.
//!
//!     gstreamer-contestant [--size WxH] [--fps N] [--bitrate BPS]     LIVEKIT_URL, LIVEKIT_TOKEN, CAMERA_DEVICE (/dev/video0)
//!
//! Ends on SIGINT or SIGTERM.
use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::rc::Rc;

use gst::glib;
use gst::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error>>;

const SIGINT: i32 = 2;
const SIGTERM: i32 = 15;

struct Options {
    width: u32,
    height: u32,
    fps: u32,
    bitrate_bps: u32,
}

fn read_options() -> Outcome<Options> {
    let mut options = Options {
        width: 1280,
        height: 720,
        fps: 30,
        bitrate_bps: 3_000_000,
    };
    let mut words = env::args().skip(1);
    while let Some(flag) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--size" => {
                let (width, height) = value.split_once('x').ok_or("--size must be WxH")?;
                (options.width, options.height) = (width.parse()?, height.parse()?);
            }
            "--fps" => options.fps = value.parse()?,
            "--bitrate" => options.bitrate_bps = value.parse()?,
            _ => return Err(format!("{flag}: no such flag; --size, --fps, --bitrate").into()),
        }
    }
    Ok(options)
}

fn variable(name: &str) -> Outcome<String> {
    env::var(name).map_err(|error| format!("{name}: {error}").into())
}

/// No queue: the sink has one of its own, and the encoder runs behind it. No STUN: the server is next door. No FEC: without congestion
/// control the sink sets it to 50 %.
fn pipeline_of(options: &Options) -> Outcome<gst::Pipeline> {
    let Options {
        width,
        height,
        fps,
        bitrate_bps,
    } = options;
    let device = env::var("CAMERA_DEVICE").unwrap_or("/dev/video0".into());
    let element = gst::parse::launch(&format!(
        "v4l2src device={device} ! video/x-raw,format=YUY2,width={width},height={height},framerate={fps}/1 \
         ! livekitwebrtcsink name=sink video-caps=video/x-h264,profile=constrained-baseline stun-server= do-fec=false \
         congestion-control=disabled enable-mitigation-modes=none \
         min-bitrate={bitrate_bps} start-bitrate={bitrate_bps} max-bitrate={bitrate_bps}"
    ))?;
    let pipeline = element
        .downcast::<gst::Pipeline>()
        .expect("several elements are a pipeline");
    send_at_once(&pipeline);
    Ok(pipeline)
}

/// A camera's latency is a period to GStreamer, and two elements in the sink would hold each frame until a period after its capture, the
/// second 20 ms more; or would not, as the start went.
fn send_at_once(pipeline: &gst::Pipeline) {
    for element in pipeline.iterate_recurse().into_iter().flatten() {
        if element.has_property("sync") {
            element.set_property("sync", false);
        }
    }
}

/// In place of the sink's own settings (ultrafast, four threads, frames as large as 120 ms of the bitrate).
fn set_up_encoder(encoder: &gst::Element, options: &Options) {
    encoder.set_property_from_str("tune", "zerolatency");
    encoder.set_property_from_str("speed-preset", "superfast"); // lkcam's preset costs about as much
    encoder.set_property("threads", 1u32);
    encoder.set_property("bitrate", options.bitrate_bps / 1000);
    encoder.set_property("vbv-buf-capacity", 1000u32.div_ceil(options.fps)); // ms: no frame is larger than its share
    encoder.set_property("key-int-max", i32::MAX as u32); // a key frame when somebody asks
}

fn set_up_sink(sink: &gst::Element, options: Options) -> Outcome<()> {
    let signaller = sink.property::<glib::Object>("signaller");
    signaller.set_property("ws-url", variable("LIVEKIT_URL")?);
    signaller.set_property("auth-token", variable("LIVEKIT_TOKEN")?);
    sink.connect("encoder-setup", false, move |arguments| {
        set_up_encoder(&arguments[3].get().expect("the encoder"), &options);
        Some(true.to_value()) // nothing else sets it up
    });
    Ok(())
}

/// What has ended the pipeline, in one line.
fn failure(message: &gst::Message) -> Option<String> {
    let gst::MessageView::Error(error) = message.view() else {
        return None;
    };
    let debug = error.debug().unwrap_or_default(); // where in the source, then what
    Some(format!(
        "{} {}",
        error.error(),
        debug.lines().nth(1).unwrap_or_default()
    ))
}

fn run_until_told(pipeline: &gst::Pipeline) -> Outcome<()> {
    let main_loop = glib::MainLoop::new(None, false);
    for signal in [SIGINT, SIGTERM] {
        let main_loop = main_loop.clone();
        glib_unix::unix_signal_add(signal, move || {
            main_loop.quit();
            glib::ControlFlow::Continue
        });
    }
    let bus = pipeline.bus().expect("every pipeline has one");
    if let Err(error) = pipeline.set_state(gst::State::Playing) {
        let told = bus
            .pop_filtered(&[gst::MessageType::Error])
            .and_then(|message| failure(&message));
        return Err(told.unwrap_or(error.to_string()).into());
    }
    let failed = Rc::new(RefCell::new(None));
    let (at_failure, why) = (main_loop.clone(), failed.clone());
    let _watch = bus.add_watch_local(move |_, message| {
        if let Some(text) = failure(message) {
            why.borrow_mut().get_or_insert(text);
            at_failure.quit();
        }
        glib::ControlFlow::Continue
    })?;
    main_loop.run();
    failed.take().map_or(Ok(()), |text| Err(text.into()))
}

fn run() -> Outcome<()> {
    let options = read_options()?;
    gst::init()?;
    gstrswebrtc::plugin_register_static()?;
    let pipeline = pipeline_of(&options)?;
    set_up_sink(&pipeline.by_name("sink").expect("it is named so"), options)?;
    let outcome = run_until_told(&pipeline);
    pipeline.set_state(gst::State::Null)?;
    outcome
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gstreamer-contestant: {error}");
            ExitCode::FAILURE
        }
    }
}
