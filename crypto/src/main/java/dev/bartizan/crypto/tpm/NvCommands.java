// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Indices in the TPM's own memory. All but public reading is authenticated and encrypted. */
public final class NvCommands {
  /** Every TPM reads and writes this much at once. */
  private static final int MAX_CHUNK = 512;

  private final Tpm tpm;

  NvCommands(Tpm tpm) {
    this.tpm = tpm;
  }

  /** What the TPM says about an index, if it exists. */
  public Optional<NvIndex> find(int index) throws IOException {
    TpmCall call = new TpmCall(CommandCode.NV_READ_PUBLIC).on(TpmHandle.permanent(index));
    try {
      return Optional.of(tpm.run(call).read(NvIndex::readWithName));
    } catch (TpmException absent) {
      if (absent.failure() == TpmFailure.NO_SUCH_HANDLE) {
        return Optional.empty();
      }
      throw absent;
    }
  }

  /** Makes an index without a password, owned by the device's owner. */
  public void define(NvIndex index, TpmSession session) throws IOException {
    TpmCall call = new TpmCall(CommandCode.NV_DEFINE_SPACE);
    call.on(Hierarchy.OWNER.handle(), session);
    tpm.run(call.with(new TpmWriter().u16(0).sized(index.encode()))).readNothing();
  }

  /** Takes an index of the owner's away, with its content. */
  public void undefine(NvIndex index, TpmSession session) throws IOException {
    TpmCall call = new TpmCall(CommandCode.NV_UNDEFINE_SPACE);
    call.on(Hierarchy.OWNER.handle(), session).on(index.handle());
    tpm.run(call).readNothing();
  }

  /** The whole content of a public index, such as a certificate: neither secret nor authentic. */
  public Bytes readPublic(NvIndex index) throws IOException {
    TpmWriter content = new TpmWriter();
    for (int offset = 0; offset < index.size(); offset += MAX_CHUNK) {
      int length = Math.min(MAX_CHUNK, index.size() - offset);
      TpmCall call = new TpmCall(CommandCode.NV_READ).onOpen(index.handle()).on(index.handle());
      content.bytes(readChunk(call, offset, length));
    }
    return Bytes.of(content.toArray());
  }

  /** The content of a small index, authentic and encrypted on the way. */
  public Bytes read(NvIndex index, TpmSession session) throws IOException {
    TpmCall call = new TpmCall(CommandCode.NV_READ);
    call.on(index.handle(), session).on(index.handle()).secretOut();
    return Bytes.of(readChunk(call, 0, index.size()));
  }

  /** Writes the start of an ordinary index. Not atomic beyond 512 bytes. */
  public void write(NvIndex index, Bytes content, TpmSession session) throws IOException {
    byte[] bytes = content.toArray();
    NvIndex current = index;
    for (int offset = 0; offset < bytes.length; offset += MAX_CHUNK) {
      int end = Math.min(bytes.length, offset + MAX_CHUNK);
      TpmWriter parameters = new TpmWriter().sized(Arrays.copyOfRange(bytes, offset, end));
      run(CommandCode.NV_WRITE, current, parameters.u16(offset), session);
      // The first write sets an attribute, and with it the name.
      current = index.written();
    }
  }

  /** Adds one to a counter. A new counter starts at the highest value any counter ever had. */
  public void increment(NvIndex index, TpmSession session) throws IOException {
    TpmCall call = new TpmCall(CommandCode.NV_INCREMENT);
    tpm.run(call.on(index.handle(), session).on(index.handle())).readNothing();
  }

  /** Extends an index like a PCR. */
  public void extend(NvIndex index, Bytes measurement, TpmSession session) throws IOException {
    run(CommandCode.NV_EXTEND, index, new TpmWriter().sized(measurement.toArray()), session);
  }

  private void run(CommandCode code, NvIndex index, TpmWriter parameters, TpmSession session)
      throws IOException {
    TpmCall call = new TpmCall(code).on(index.handle(), session).on(index.handle()).secretIn();
    tpm.run(call.with(parameters)).readNothing();
  }

  private byte[] readChunk(TpmCall call, int offset, int length) throws IOException {
    TpmReply reply = tpm.run(call.with(new TpmWriter().u16(length).u16(offset)));
    return reply.read(in -> in.exactly(length));
  }
}
