package dev.bartizan.fleet.delta;

import dev.bartizan.updater.delta.DeltaFormat;
import dev.bartizan.updater.delta.DeltaHeader;
import dev.bartizan.updater.delta.KnownContent;
import dev.bartizan.updater.delta.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** Writes the delta from one file to another. */
public final class DeltaEncoder {
  private final Supplier<MessageDigest> sha256;
  private final int sectionLength;
  private final FrameWriter frames;

  /**
   * With sections of 4 MiB and the compression level that costs an operator's time, not a device's.
   */
  public DeltaEncoder(Supplier<MessageDigest> sha256) {
    this(sha256, DeltaFormat.SECTION_LENGTH_MAX);
  }

  /**
   * @param sha256 makes SHA-256 instances
   * @param sectionLength see {@link DeltaFormat}
   */
  public DeltaEncoder(Supplier<MessageDigest> sha256, int sectionLength) {
    this.sha256 = sha256;
    this.sectionLength = sectionLength;
    this.frames = new FrameWriter(19);
  }

  /**
   * Writes the delta that turns {@code base} into {@code result}.
   *
   * @return the header written
   */
  public DeltaHeader encode(
      KnownContent base, KnownContent result, OutputStream out, EncodeProgress progress)
      throws IOException {
    DeltaHeader header =
        new DeltaHeader(
            sectionLength, base.length(), base.digest(), result.length(), result.digest());
    out.write(header.encode().toArray());
    for (long index = 0; index < header.sections(); index++) {
      byte[] stretch = new byte[header.resultLength(index)];
      long position = index * sectionLength;
      result.read(position, ByteBuffer.wrap(stretch));
      write(header, index, cheapest(base, result, position, stretch), out);
      progress.encoded(position + stretch.length, result.length());
    }
    return header;
  }

  private Draft cheapest(KnownContent base, KnownContent result, long position, byte[] stretch)
      throws IOException {
    List<Draft> drafts = new ArrayList<>();
    drafts.add(Draft.alone(frames.compress(stretch)));
    for (Alignment alignment : Alignment.between(base, result)) {
      drafts.addAll(against(base, alignment, position, stretch));
    }
    return drafts.stream().min(Comparator.comparingInt(Draft::cost)).orElseThrow();
  }

  private List<Draft> against(KnownContent base, Alignment alignment, long position, byte[] stretch)
      throws IOException {
    List<Draft> drafts = new ArrayList<>();
    Window wide = alignment.wide(base, position, stretch.length, sectionLength);
    if (wide.length() > 0) {
      drafts.add(Draft.withBase(wide, frames.compressWith(wide.content(), stretch)));
    }
    Window exact = alignment.exact(base, position, stretch.length);
    if (exact.length() > 0) {
      drafts.add(Draft.floatPlanes(exact, FloatPlaneWriter.encode(exact, stretch, frames)));
    }
    return drafts;
  }

  private void write(DeltaHeader header, long index, Draft draft, OutputStream out)
      throws IOException {
    byte[] payload = draft.payload().toArray();
    Section section =
        new Section(
            index, draft.method(), draft.basePosition(), draft.baseLength(), payload.length);
    out.write(section.encode().toArray());
    out.write(section.digest(header, payload, sha256.get()).value().toArray());
    out.write(payload);
  }
}
