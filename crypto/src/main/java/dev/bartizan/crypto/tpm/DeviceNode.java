// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A TPM behind the kernel's driver. On {@code /dev/tpmrm0} the kernel gives every opener objects
 * and sessions of its own, and flushes them when the opener closes.
 */
@TouchesTheWorld("the TPM's device node; one write is one command, one read is one response")
record DeviceNode(Path path) implements TpmAddress {
  @Override
  public TpmTransport open() throws IOException {
    try {
      return new Opened(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (NoSuchFileException missing) {
      throw new IOException("no TPM at " + path, missing);
    } catch (AccessDeniedException denied) {
      throw new IOException("no right to use " + path + ": join the group tss", denied);
    }
  }

  private record Opened(FileChannel device) implements TpmTransport {
    @Override
    public byte[] exchange(byte[] command) throws IOException {
      int written = device.write(ByteBuffer.wrap(command));
      if (written != command.length) {
        throw new IOException("the TPM driver took " + written + " bytes of a command");
      }
      byte[] response = new byte[TpmWriter.CAPACITY];
      int length = device.read(ByteBuffer.wrap(response));
      byte[] exact = Arrays.copyOf(response, Math.max(length, 0));
      Arrays.fill(response, (byte) 0);
      return exact;
    }

    @Override
    public void close() throws IOException {
      device.close();
    }
  }
}
