// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.delta.tensor.OnnxMessage;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.WireReader;
import dev.bartizan.delta.tensor.WireReader.WireType;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A model with all of its weights in one file, which is what can be signed: as it came, or, where
 * it keeps data in files beside it, as a copy with that data inside. The copy goes when this is
 * closed.
 */
@TouchesTheWorld("reads the author's model and writes a copy of it")
final class InlinedModel implements Closeable {
  private static final int RAW_DATA = 9;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;
  private static final int LENGTH_DELIMITED = 2;

  private final Path file;
  private final boolean isCopy;

  private InlinedModel(Path file, boolean isCopy) {
    this.file = file;
    this.isCopy = isCopy;
  }

  /**
   * Makes a copy if there has to be one.
   *
   * @param folder where a copy may lie, readable by the author alone
   * @throws ReleaseRefusal BAD_MODEL when its data is not beside it, or all of it would not be a
   *     model any more: protocol buffers end at 2 GiB
   */
  static InlinedModel of(Path model, Path folder) throws IOException, Refusal {
    ModelFile.requireFile(model);
    List<Edit> edits = edits(model);
    if (edits.isEmpty()) {
      return new InlinedModel(model, false);
    }
    long length = Files.size(model);
    for (Edit edit : edits) {
      length = Math.addExact(length, edit.growth());
    }
    if (length > Integer.MAX_VALUE) {
      throw bad(
          model,
          "with its external data it has "
              + length
              + " bytes; an ONNX model in one file has less than 2 GiB, and what is in other files"
              + " is not served");
    }
    Path copy = Files.createTempFile(Files.createDirectories(folder), ".inlined-", ".onnx");
    InlinedModel inlined = new InlinedModel(copy, true);
    try {
      write(model, edits, copy);
      return inlined;
    } catch (IOException broken) {
      inlined.close();
      throw broken;
    }
  }

  Path file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    if (isCopy) {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Bytes of the model that others take the place of.
   *
   * @param data a part of another file that follows {@code bytes}
   */
  private record Edit(long at, long removed, Bytes bytes, Optional<DataBeside> data) {
    long growth() {
      return bytes.length() + data.map(DataBeside::length).orElse(0L) - removed;
    }
  }

  /** Empty where nothing is outside, and where this is nothing that can be read: the trial says. */
  private static List<Edit> edits(Path model) throws IOException, Refusal {
    List<Edit> edits = new ArrayList<>();
    try (InputStream in = Files.newInputStream(model)) {
      new Rewriting(model, edits).enter(OnnxMessage.MODEL, WireReader.of(in, Files.size(model)));
    } catch (OnnxRefusal notOnnx) {
      return List.of();
    }
    edits.sort(Comparator.comparingLong(Edit::at)); // stable: a tensor's end before what follows
    return edits;
  }

  /** Finds what has to change, from the inside out: a message's length is known after its parts. */
  private record Rewriting(Path model, List<Edit> edits) {
    /** By how much it grows. */
    long enter(OnnxMessage kind, WireReader message) throws IOException, Refusal {
      if (kind == OnnxMessage.TENSOR) {
        return tensor(message);
      }
      long growth = 0;
      while (message.next()) {
        Optional<OnnxMessage> inner = kind.inner(message.field());
        if (inner.isPresent() && message.type() == WireType.LENGTH_DELIMITED) {
          growth = Math.addExact(growth, part(inner.get(), message));
        }
      }
      return growth;
    }

    private long part(OnnxMessage kind, WireReader message) throws IOException, Refusal {
      long start = message.fieldStart();
      long content = message.position();
      long length = message.valueLength();
      int field = message.field();
      long growth = enter(kind, message.message());
      if (growth == 0) {
        return 0;
      }
      Bytes head = head(field, Math.addExact(length, growth));
      Edit edit = new Edit(start, content - start, head, Optional.empty());
      edits.add(edit);
      return growth + edit.growth();
    }

    private long tensor(WireReader tensor) throws IOException, Refusal {
      DataBeside.Draft draft = new DataBeside.Draft(model);
      List<Edit> gone = new ArrayList<>();
      boolean outside = false;
      while (tensor.next()) {
        if (tensor.field() == DATA_LOCATION && tensor.type() == WireType.VARINT) {
          outside = tensor.varint() == 1;
        } else if (tensor.field() == EXTERNAL_DATA && tensor.type() == WireType.LENGTH_DELIMITED) {
          draft.add(tensor.message());
        } else {
          draft.note(tensor);
          continue;
        }
        long end = tensor.position() + tensor.valueLength();
        gone.add(
            new Edit(
                tensor.fieldStart(), end - tensor.fieldStart(), Bytes.empty(), Optional.empty()));
      }
      if (!outside) {
        return 0;
      }
      DataBeside data = draft.find();
      gone.add(new Edit(tensor.position(), 0, head(RAW_DATA, data.length()), Optional.of(data)));
      edits.addAll(gone);
      return gone.stream().mapToLong(Edit::growth).sum();
    }
  }

  /** A field's number and the length of what follows. */
  private static Bytes head(int field, long length) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    varint((long) field << 3 | LENGTH_DELIMITED, head);
    varint(length, head);
    return Bytes.of(head.toByteArray());
  }

  private static void varint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static void write(Path model, List<Edit> edits, Path copy) throws IOException {
    try (FileChannel in = FileChannel.open(model, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      long at = 0;
      for (Edit edit : edits) {
        copy(in, at, edit.at() - at, out);
        out.write(ByteBuffer.wrap(edit.bytes().toArray()));
        if (edit.data().isPresent()) {
          DataBeside data = edit.data().get();
          try (FileChannel from = FileChannel.open(data.file(), StandardOpenOption.READ)) {
            copy(from, data.offset(), data.length(), out);
          }
        }
        at = edit.at() + edit.removed();
      }
      copy(in, at, in.size() - at, out);
    }
  }

  private static void copy(FileChannel from, long offset, long length, FileChannel to)
      throws IOException {
    long at = offset;
    while (at < offset + length) {
      long count = from.transferTo(at, offset + length - at, to);
      if (count <= 0) {
        throw new IOException("the model's files changed while they were read");
      }
      at += count;
    }
  }

  private static ReleaseRefusal bad(Path model, String what) {
    return new ReleaseRefusal(Code.BAD_MODEL, model + ": " + what);
  }
}
