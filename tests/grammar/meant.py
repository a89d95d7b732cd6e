MEANT={}
Meant=None
fits=None
