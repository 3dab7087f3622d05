// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.crypto.Bytes;

/**
 * The limits and the outer layout of a delta, version 1 (docs/wire-formats.md, "Delta container").
 * Fixed numbers are big-endian and unsigned.
 *
 * <pre>
 * header    magic           8    89 42 5A 44 0D 0A 1A 0A
 *           version         2    1
 *           baseLength      8    at most 64 TiB
 *           baseDigest     32    SHA-256
 *           resultLength    8    at most 64 TiB
 *           resultDigest   32    SHA-256
 * section   resultLength    8    at least 1; the sections' sum is the header's
 *           payloadLength   4    at most 4 MiB
 *           checksum        4    CRC-32C of header, position in the result (8), the two fields above, payload
 *           payload              see {@code SectionPlan} of the decoder
 * </pre>
 *
 * <p>The checksum of a section covers the header and the position: a section belongs to one delta
 * and one place, and a flipped bit anywhere is found before the section is used. That a delta is
 * what its maker made is not for it to say: in a release it is encrypted like any artifact, and
 * what comes out must have the digest that was promised. Sections know nothing of each other, so
 * they can be worked on side by side, and an interrupted application goes on at one.
 */
public final class DeltaFormat {
  /** First byte not ASCII and line ends of both kinds: transfers that mangle text show at once. */
  public static final Bytes MAGIC = Bytes.ofHex("89425a440d0a1a0a");

  public static final int VERSION = 1;
  public static final int HEADER_LENGTH = 8 + 2 + 8 + 32 + 8 + 32;

  /** 64 TiB: any sum of lengths stays far from overflow. */
  public static final long FILE_LENGTH_MAX = 1L << 46;

  /** What a section may rebuild by more than copying: this and the next keep the heap small. */
  public static final int SECTION_CODED_MAX = 2 << 20;

  /** Bytes of the base that a section may need at hand. */
  public static final int SECTION_BASE_MAX = 8 << 20;

  public static final int SECTION_PAYLOAD_MAX = 4 << 20;

  /** Result length and payload length: what stands before a section's checksum. */
  public static final int SECTION_FIELDS_LENGTH = 8 + 4;

  /** All that stands before a payload. */
  public static final int SECTION_HEADER_LENGTH = SECTION_FIELDS_LENGTH + Integer.BYTES;

  private DeltaFormat() {}
}
