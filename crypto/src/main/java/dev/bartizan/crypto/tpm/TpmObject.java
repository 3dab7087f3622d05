// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;

/** A key or sealed bytes, loaded in the TPM. Closing it takes a transient one out again. */
public final class TpmObject implements AutoCloseable {
  private final Tpm tpm;
  private final int handle;
  private final TpmPublic publicArea;

  TpmObject(Tpm tpm, int handle, TpmPublic publicArea) {
    this.tpm = tpm;
    this.handle = handle;
    this.publicArea = publicArea;
  }

  public TpmPublic publicArea() {
    return publicArea;
  }

  public TpmName name() {
    return publicArea.name();
  }

  TpmHandle handle() {
    return new TpmHandle(handle, publicArea.name().value());
  }

  /** A persistent object stays. */
  @Override
  public void close() throws IOException {
    tpm.flush(handle);
  }
}
