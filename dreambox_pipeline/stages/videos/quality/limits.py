"""The thresholds of the quality checks: policy, reviewed and changed like code.

Each number has its reason here, and `docs/quality-checks.md` has the whole table with sources; a
test holds the two together. "Measured" means on clips that the tests make and on our own
renderer's, finished, in all of its settings.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds, each with its reason.

    Attributes:
        black_share: A fade in and out of a 3 s clip is under a tenth of it in the dark;
            a night scene has stars and a moon. More is a failed render.
        frozen_share: A quarter of a clip standing still reads as a stuck player.
        letterbox_share: The thinnest bars that are told from an encoder's padding cover 1.2 % a
            side; a viewer sees them as a fault from about here on.
        letterbox_error_share: So much is lost when a whole picture of another shape was put into
            an upright one: 4:5 into 9:16 leaves 30 % empty, landscape 68 %.
        flashes_per_s: WCAG 2.3.1 and ITU-R BT.1702: three flashes in any second are safe for
            nearly everybody with photosensitive epilepsy, more are not. A screen, not a test.
        sharpness: Variance of the Laplacian at 270 px. Measured: smooth color gradients
            below 1, scenes blurred by 20 px of 540 at most 3.1, by 8 px 5; the mistiest of our
            renderer's clips 15, test pictures over 600.
        silent_share: Half a clip without sound seems broken to someone with sound on.
        clipped_share: One sample in a thousand within 0.3 dB of full scale is a crackle that is
            heard. Measured: sound that was clipped before AAC 0.006 and up, sound that our own
            limiter has set to -1 dBTP none.
        loudness_tolerance_lu: TikTok plays everything at about the same loudness; 1 LU is
            the smallest difference listeners notice, the measuring noise comes on top.
        peak_dbtp: Above it, TikTok's own lossy encode can clip.
        same_distance: Bits of 64 that differ. Measured: blurred, noisy and shrunk re-encodes
            of one clip 0 to 2. Nobody needs to look to know that it is the same one.
        near_distance: Clips of other scenes lay at 26 and more; 10 is close enough for a
            person to compare.
        duration_tolerance_s: One muxer rounding plus one AAC frame, with slack.
        drift: 1 is the edge of what is usual within one style, see `drift`.
    """

    black_share: float = 0.15
    frozen_share: float = 0.25
    letterbox_share: float = 0.03
    letterbox_error_share: float = 0.2
    flashes_per_s: float = 3.0
    sharpness: float = 4.0
    silent_share: float = 0.5
    clipped_share: float = 0.001
    loudness_tolerance_lu: float = 1.5
    peak_dbtp: float = -0.5
    same_distance: float = 4.0
    near_distance: float = 10.0
    duration_tolerance_s: float = 0.25
    drift: float = 1.0
