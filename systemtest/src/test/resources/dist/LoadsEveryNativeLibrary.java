// SPDX-License-Identifier: Apache-2.0
import ai.onnxruntime.OrtEnvironment;
import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.github.luben.zstd.Zstd;
import com.sun.jna.Function;
import com.sun.jna.Native;

/** Run on the device's class path, with the flags of its launcher. */
public final class LoadsEveryNativeLibrary {
  public static void main(String[] arguments) {
    AmazonCorrettoCryptoProvider.INSTANCE.assertHealthy();
    System.out.println(OrtEnvironment.getEnvironment().getVersion());
    System.out.println(Zstd.decompress(Zstd.compress(new byte[1000]), 1000).length);
    System.out.println(Function.getFunction("c", "getpid").invokeInt(new Object[0]) > 0);
    System.out.println(Native.POINTER_SIZE);
  }
}
